import type { trash as French } from '../fr/trash.ts';

export const trash: typeof French = {
  trash: {
    title: 'Trash',
    lead: 'What was removed can be put back, with its text and its renditions, until the day that stands beside it.',
    open: 'Trash',
    back: 'Recordings',
    emptyTitle: 'The trash is empty',
    emptyText: 'A recording that is removed stays here for a while before it is gone.',
    remove: 'Remove {{title}}',
    removed: 'Moved to the trash',
    undo: 'Undo',
    restored: 'Put back',
    restore: 'Put back',
    restoreNamed: 'Put {{title}} back',
    erase: 'Erase',
    eraseNamed: 'Erase {{title}} for good',
    erased: 'Erased for good',
    until: 'Until {{date}}',
    taken: 'Removed on {{date}}',
    pages: 'Pages of the trash',
  },
};
