/** What was removed and can be brought back. */
export const trash = {
  trash: {
    title: 'Corbeille',
    lead: 'Ce qui a été retiré peut être remis, avec son texte et ses versions, jusqu’au jour indiqué.',
    open: 'Corbeille',
    back: 'Enregistrements',
    emptyTitle: 'La corbeille est vide',
    emptyText: 'Un enregistrement retiré reste ici quelque temps avant de disparaître.',
    remove: 'Retirer {{title}}',
    removed: 'Mis à la corbeille',
    undo: 'Annuler',
    restored: 'Remis en place',
    restore: 'Remettre',
    restoreNamed: 'Remettre {{title}}',
    erase: 'Effacer',
    eraseNamed: 'Effacer définitivement {{title}}',
    erased: 'Effacé définitivement',
    until: 'Jusqu’au {{date}}',
    taken: 'Retiré le {{date}}',
    pages: 'Pages de la corbeille',
  },
};
