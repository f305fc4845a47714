/** Where to go after signing in: only a path of this page, never another site's address. */
export function safeReturn(back: string | undefined): string {
  if (back === undefined || !back.startsWith('/') || /^\/[/\\]/.test(back)) return '/archive';
  return back.startsWith('/sign-in') ? '/archive' : back;
}
