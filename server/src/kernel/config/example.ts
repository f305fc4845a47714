import { notUsedYet } from './not-used-yet.ts';
import { factsOf, type VariableFacts } from './read-values.ts';
import { variableGroups } from './variables.ts';

const heading = `# Settings of Antenne. Copy to .env and uncomment what you change; the real environment wins over this file.
# Generated from the schema by \`./antenne config example\`: change it there.
`;

/** The text of `.env.example`: every variable, described, commented out at its default. */
export const envExample = (): string => {
  const groups = Object.entries(variableGroups).map(([title, group]) => {
    const entries = Object.entries(group).map(([name, schema]) => entryOf(name, factsOf(schema)));
    return `\n## ${title}\n\n${entries.join('\n')}`;
  });
  return `${heading}${groups.join('')}`;
};

const entryOf = (name: string, facts: VariableFacts): string => {
  const remarks = [facts.description];
  if (!['', 'text', 'true or false'].includes(facts.expects)) remarks.push(`Takes ${facts.expects}.`);
  if (facts.derived !== undefined) remarks.push(`Default: ${facts.derived}.`);
  if (facts.aliases.length > 0) remarks.push(`${facts.aliases.join(', ')} is accepted too.`);
  if (notUsedYet.some((each) => each === name)) remarks.push('Not used yet.');
  const value = facts.example ?? String(facts.fallback ?? '');
  return `# ${remarks.join(' ')}\n#${name}=${value}\n`;
};
