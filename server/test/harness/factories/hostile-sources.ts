/** Documents that mean harm, by the name that they are served under, and the code that each ends with. */
export const HOSTILE_SOURCES: [name: string, content: string, code: string][] = [
  ['live.m3u8', '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nts/list0.ts', 'media.live-stream'],
  [
    'dressed.mp3',
    '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nts/list0.ts\n#EXT-X-ENDLIST',
    'media.disguised',
  ],
  [
    'files.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST',
    'media.bad-playlist',
  ],
  [
    'data.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\ndata:audio/mpeg,x\n#EXT-X-ENDLIST',
    'media.bad-playlist',
  ],
  ['concat.txt', 'ffconcat version 1.0\nfile /etc/passwd\n', 'media.not-audio'],
  [
    'inside.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nhttp://127.0.0.2/a.ts\n#EXT-X-ENDLIST',
    'media.address-refused',
  ],
  [
    'octal.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nhttp://0251.0376.0251.0376/\n#EXT-X-ENDLIST',
    'media.address-refused',
  ],
  [
    'mapped.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nhttp://[::ffff:10.0.0.1]/\n#EXT-X-ENDLIST',
    'media.address-refused',
  ],
  [
    'redirected.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\n/redirect?to=http://10.0.0.1/a.ts\n#EXTINF:4,\nts/list0.ts\n#EXT-X-ENDLIST',
    'media.address-refused',
  ],
  [
    'key.m3u8',
    '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="http://169.254.169.254/key"\n#EXTINF:4,\nts/list0.ts\n#EXTINF:4,\nts/list1.ts\n#EXT-X-ENDLIST',
    'media.address-refused',
  ],
  [
    'long.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:1000000,\nts/list0.ts\n#EXT-X-ENDLIST',
    'media.bad-playlist',
  ],
  ['nested.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nnested.m3u8', 'media.bad-playlist'],
  [
    'text.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nwords\n#EXTINF:4,\nwords\n#EXT-X-ENDLIST',
    'media.not-audio',
  ],
  [
    'list-in-list.m3u8',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:4,\nmaster.m3u8\n#EXTINF:4,\nmaster.m3u8\n#EXT-X-ENDLIST',
    'media.not-audio',
  ],
  [
    'drm.m3u8',
    '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"\n#EXTINF:4,\nts/list0.ts\n#EXT-X-ENDLIST',
    'media.protected',
  ],
  ['addresses.m3u', '#EXTM3U\n#EXTINF:4,Song\nfile:///etc/passwd\n', 'media.no-sound-found'],
  [
    'inside.xml',
    '<rss><channel><item><enclosure url="http://10.0.0.1/a.mp3" type="audio/mpeg"/></item></channel></rss>',
    'media.address-refused',
  ],
  [
    'local.xml',
    '<rss><channel><item><enclosure url="file:///etc/passwd" type="audio/mpeg"/></item></channel></rss>',
    'media.no-sound-found',
  ],
  [
    'page-in-feed.xml',
    '<rss><channel><item><enclosure url="words" type="audio/mpeg"/></item></channel></rss>',
    'media.not-audio',
  ],
  ['inside.html', '<html><audio src="http://[::1]/a.mp3"></audio></html>', 'media.address-refused'],
  [
    'inside.mpd',
    '<MPD type="static" mediaPresentationDuration="PT4S"><BaseURL>http://2130706434/</BaseURL><Period><AdaptationSet mimeType="audio/mp4"><SegmentTemplate media="$Number$" duration="2"/><Representation/></AdaptationSet></Period></MPD>',
    'media.address-refused',
  ],
];
