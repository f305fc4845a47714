/** Sounds that come from an address: what was found, and what is being done. */
export const imports = {
  imports: {
    title: 'Adresses demandées',
    found: {
      file: 'Fichier',
      hls: 'Flux HLS',
      dash: 'Flux DASH',
      feed: 'Épisode de podcast',
      page: 'Page avec un son',
      site: 'Page lue par yt-dlp',
    },
    step: {
      asking: 'Question au serveur de l’adresse',
      page: 'Lecture de la page',
      feed: 'Lecture du flux de podcast',
      playlist: 'Lecture de la liste du flux',
      download: 'Téléchargement du fichier',
      segments: 'Téléchargement des segments',
      site: 'Téléchargement par yt-dlp',
      joining: 'Assemblage des segments',
      captions: 'Sous-titres et chapitres',
      probe: 'Examen du fichier',
      encode: 'Mise en forme et mesure',
    },
    segments: '{{done, number}} segments sur {{total, number}}',
    bytes: '{{done}} sur {{total}}',
    bytesSoFar: '{{done}} reçus',
    firstOne: 'Ouvrir l’enregistrement existant',
    cancel: 'Annuler {{title}}',
    retry: 'Réessayer {{title}}',
  },
};
