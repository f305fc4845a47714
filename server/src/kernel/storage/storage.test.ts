import { describe } from 'vitest';
import { diskStore, s3rverStore } from './storage.test-kit.ts';
import { testStorage } from './storage-suite.test-kit.ts';

describe.each([diskStore(), s3rverStore()])('on $name', testStorage);
