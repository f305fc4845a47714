/** The player. */
export const player = {
  player: {
    label: 'Lecteur',
    play: 'Écouter',
    pause: 'Pause',
    back: 'Reculer de 10 secondes',
    forward: 'Avancer de 10 secondes',
    rate: 'Vitesse',
    position: 'Position dans le son',
    positionValue: '{{time}} sur {{total}}',
    zoomIn: 'Agrandir la forme d’onde',
    zoomOut: 'Réduire la forme d’onde',
    copy: 'Copier l’adresse de cet instant',
    close: 'Fermer le lecteur',
    recovering: 'Connexion perdue, reprise à {{time}}…',
    failed: 'Le son ne peut pas être lu.',
    retry: 'Réessayer',
  },
};
