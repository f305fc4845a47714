/** The key that goes with K on this machine. */
export const commandKey: string = /Mac|iP(?:hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl';
