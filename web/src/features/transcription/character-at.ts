/** The characters of an element that come before a place in one of its text nodes. */
function offsetWithin(element: Element, node: Node, offset: number): number {
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(node, offset);
  return before.toString().length;
}

/** Which character of an element's text is under a point; null when the browser cannot tell. */
export function characterAt(element: Element, x: number, y: number): number | null {
  if ('caretPositionFromPoint' in document) {
    const place = document.caretPositionFromPoint(x, y);
    if (place === null || !element.contains(place.offsetNode)) return null;
    return offsetWithin(element, place.offsetNode, place.offset);
  }
  // Safari's older name for the same.
  const range = (document as Document).caretRangeFromPoint(x, y);
  if (range === null || !element.contains(range.startContainer)) return null;
  return offsetWithin(element, range.startContainer, range.startOffset);
}
