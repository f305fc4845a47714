import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the package that is published: `npm publish client/dist` sends JavaScript, the repository uses the sources. */
const { name, version, description, type, license, sideEffects } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);
const published = {
  name,
  version,
  description,
  type,
  license,
  sideEffects,
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
};
writeFileSync(new URL('../dist/package.json', import.meta.url), `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(new URL('../README.md', import.meta.url), new URL('../dist/README.md', import.meta.url));
