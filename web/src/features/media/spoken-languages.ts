/** The languages that a sound is most often in here; an engine may know others. */
export const spokenLanguages = ['fr', 'en', 'de', 'es', 'it', 'pt', 'nl', 'br', 'oc', 'eu', 'co'];
