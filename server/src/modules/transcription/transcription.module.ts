import type { Kernel } from '../../kernel/kernel.ts';
import type { Module } from '../../kernel/module.ts';
import type { AccountsDoor } from '../accounts/public.ts';
import type { MediaDoor } from '../media/public.ts';

/** Speech that becomes text: transcriptions, their segments, and each recording's transcript. */
export function transcriptionModule(
  _kernel: Kernel,
  _doors: { accounts: AccountsDoor; media: MediaDoor },
): Module {
  return { name: 'transcription' };
}
