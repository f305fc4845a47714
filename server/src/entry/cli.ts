import { join } from 'node:path';
import { keepCompiledCode } from './supervise/compile-cache.ts';

keepCompiledCode(join(import.meta.dirname, '../../..'));
const { runCommand } = await import('./run-command.ts');
// Roles and the supervisor end the process by themselves; what is left open elsewhere must not keep it.
const code = await runCommand(process.argv.slice(2));
if (code !== undefined) process.exit(code);
