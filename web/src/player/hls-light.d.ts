/** The smaller build, without subtitles, encryption and alternate tracks; the package types only the whole one. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
