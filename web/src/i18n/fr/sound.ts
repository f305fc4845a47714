/** What is known of a sound: its silences, its loudness, its faults, what it is made of. */
export const sound = {
  sound: {
    spectrogram: 'Montrer le spectrogramme',
    spectrogramNote:
      'Sous la forme d’onde, les fréquences : du grave en bas à {{top}} kHz en haut. Plus c’est marqué, plus c’est fort.',
    measuring: 'Le son est en cours d’examen. La mesure paraît ici dès qu’elle est faite.',
    silences: 'Fond grisé : silences, {{length}} en tout, soit {{percent}}.',
    check: 'L’examen du son',
    silent: 'Rien ne sonne dans cet enregistrement : il n’y a pas de sonie à mesurer.',
    tooShort: 'Ce son est trop court pour que sa sonie ait un sens.',
    loudness: 'Sonie',
    loudnessCsv: 'La courbe en CSV',
    loudnessPicture:
      'Sonie de {{lufs}} LUFS, entre {{low}} et {{high}} LUFS pour l’essentiel ; cibles à −23 et −16.',
    integrated: 'Sonie intégrée',
    range: 'Étendue',
    truePeak: 'Crête vraie',
    loudest: 'Passage le plus fort',
    broadcast: 'Antenne',
    online: 'En ligne',
    atTarget: '{{target}} : au niveau voulu.',
    over: '{{target}} : {{lu}} LU de trop.',
    under: '{{target}} : il manque {{lu}} LU.',
    faults: 'Défauts',
    noFaults: 'Rien à signaler : les deux côtés sont là, rien ne sature, la bande est entière.',
    faultListen: 'Écouter à {{time}}',
    share: '{{percent}} du son',
    fault: {
      silent: 'Tout est silencieux.',
      quiet: 'Le son est très faible.',
      clipped: 'Le son sature.',
      overFullScale: 'Des crêtes dépassent le maximum.',
      deadLeft: 'Le côté gauche est muet dans {{share}}.',
      deadRight: 'Le côté droit est muet dans {{share}}.',
      sameOnBoth: 'Les deux côtés sont les mêmes.',
      inverted: 'Les deux côtés s’opposent dans {{share}}.',
      dcOffset: 'Le signal n’est pas centré.',
      narrowBand: 'Les aigus manquent, comme au téléphone.',
      invalidSamples: 'Le fichier contient des valeurs qui ne sont pas du son.',
    },
    advice: {
      silent:
        'L’entrée était-elle ouverte, la bonne piste choisie ? Apportez le son de nouveau depuis sa source.',
      quiet: 'Montez le gain à la prise ; pour ce son-ci, demandez une version amenée au niveau voulu.',
      clipped:
        'Des sommets sont coupés net en {{count, number}} endroits : cela craque, et ne se répare pas. Baissez le gain à la prise, ou cherchez une source moins poussée.',
      overFullScale:
        'Elles peuvent craquer chez qui écoute. Une version amenée au niveau voulu les fait rentrer.',
      deadSide:
        'Un câble ou une voie a manqué : qui n’a qu’une oreillette de ce côté n’entend rien. Vérifiez le câblage ; apportez la piste entière si elle existe.',
      sameOnBoth:
        'C’est un son mono dans un fichier stéréo. Rien n’est perdu, le fichier est seulement plus lourd.',
      inverted:
        'Sur un téléphone ou une enceinte seule, ils s’annulent et la voix s’efface. Inversez la polarité d’une des deux voies à la source.',
      dcOffset:
        'Cela vient souvent d’une carte son : la marge est réduite et les coupes claquent. Un filtre coupe-bas à la prise y remédie.',
      narrowBand:
        'Rien au-dessus de {{khz}} kHz. C’est normal pour un appel ; sinon, cherchez une source moins comprimée.',
      narrowBandSomewhere: 'C’est normal pour un appel ; sinon, cherchez une source moins comprimée.',
      invalidSamples:
        'Ces instants ont été remplacés par du silence. Exportez le fichier de nouveau depuis sa source.',
    },
    container: 'Conteneur',
    tagTitle: 'Titre inscrit',
    tagArtist: 'Auteur inscrit',
    tagAlbum: 'Album inscrit',
    tagYear: 'Année inscrite',
    tagGenre: 'Genre inscrit',
    cover: 'Pochette du fichier',
    chapters: 'Chapitres',
  },
  rendition: {
    play: 'Écouter en {{format}} {{quality}}',
    pause: 'Pause de la version {{format}} {{quality}}',
    ask: 'Demander une version',
    format: 'Format',
    rate: 'Débit',
    lossless: 'sans perte',
    make: 'Demander',
    asked: 'Demandée : elle paraît ici dès qu’elle est faite.',
    there: 'Cette version est déjà là.',
    retry: 'Réessayer en {{format}} {{quality}}',
  },
  link: {
    title: 'Lien signé',
    lead: 'Ouvre ce son sans compte, jusqu’à l’heure dite. Qui a le lien a le son.',
    opens: 'Ce qu’il ouvre',
    audio: 'Écouter',
    download: 'Télécharger',
    hls: 'Lecteur adaptatif (HLS)',
    file: 'Version',
    best: 'La meilleure qui soit là',
    lasts: 'Durée',
    make: 'Faire le lien',
    made: 'Lien',
    until:
      'Valable jusqu’au {{date}}. Il ne peut être repris seul : changer la clé de signature ferme tous les liens.',
    copy: 'Copier le lien',
    copied: 'Lien copié.',
  },
};
