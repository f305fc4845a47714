/** Takes an address away and leaves the page where it is: the answer is an attachment. */
export function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** Names of files may hold no such character somewhere. */
const refused = /[\\/:*?"<>|\p{Cc}]/gu;

/** Gives a text made here as a file. */
export function saveText(text: string, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  download(address, name.replaceAll(refused, '-'));
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
