import { type Static, Type } from 'typebox';
import { dataVariables } from './variables/data.ts';
import { processVariables } from './variables/process.ts';
import { securityVariables } from './variables/security.ts';
import { serviceVariables } from './variables/services.ts';
import { soundVariables } from './variables/sound.ts';

/** The groups as `.env.example` shows them, in its order. */
export const variableGroups = {
  Program: processVariables,
  'Database, cache and storage': dataVariables,
  'Security and addresses': securityVariables,
  Sound: soundVariables,
  'Services outside': serviceVariables,
} as const;

/** Every variable that the program reads, after its text has been turned into a value. */
export const environmentSchema = Type.Object({
  ...processVariables,
  ...dataVariables,
  ...securityVariables,
  ...soundVariables,
  ...serviceVariables,
});

/** Values of the variables that were given or have a default. */
export type EnvironmentValues = Static<typeof environmentSchema>;

/** Name of a variable, as written in the environment. */
export type VariableName = keyof EnvironmentValues;
