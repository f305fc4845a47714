import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  beginFingerprint,
  endFingerprint,
  hashPassing,
  isSameRequest,
  type RequestHead,
} from './idempotency-fingerprint.ts';

const key = Buffer.alloc(32, 7);
const HEAD: RequestHead = {
  method: 'POST',
  url: '/api/things',
  contentType: 'application/json',
  contentLength: '2',
};

async function print(head: Partial<RequestHead>, body = '{}', secret = key) {
  const whole = { ...HEAD, ...head };
  const hash = beginFingerprint(secret, whole);
  expect((await buffer(hashPassing(Readable.from([Buffer.from(body)]), hash))).toString()).toBe(body);
  return endFingerprint(hash, whole);
}

const form = (boundary: string, bytes?: number) => {
  const head = {
    ...HEAD,
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: bytes === undefined ? undefined : String(bytes),
  };
  return endFingerprint(beginFingerprint(key, head), head);
};

describe('the same request', () => {
  it.each<[string, Partial<RequestHead>]>([
    ['as it was', {}],
    ['with a slash at the end', { url: '/api/things/' }],
    ['with a charset', { contentType: 'Application/JSON; charset=utf-8' }],
  ])('%s', async (_name, head) => {
    expect(isSameRequest(await print({}), await print(head))).toBe(true);
  });

  it.each<[string, Partial<RequestHead>, string?]>([
    ['another body', {}, '{ }'],
    ['another address', { url: '/api/things/2' }],
    ['another query', { url: '/api/things?deep=1' }],
    ['another type', { contentType: 'text/plain' }],
    ['no type', { contentType: undefined }],
    ['a line break that moves', { url: '/api/thing', contentType: 's\napplication/json' }],
  ])('is not one with %s', async (_name, head, body) => {
    expect(isSameRequest(await print({}), await print(head, body))).toBe(false);
  });

  it('cannot be told without the secret', async () => {
    expect(isSameRequest(await print({}), await print({}, '{}', Buffer.alloc(32, 8)))).toBe(false);
  });

  it('passes a broken body on as broken', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('cut')) });
    await expect(buffer(hashPassing(broken, beginFingerprint(key, HEAD)))).rejects.toThrow('cut');
  });
});

describe('the same form', () => {
  it('has the same length, whatever its boundary says', () => {
    expect(isSameRequest(form('aaaa', 1_000), form('bbbb', 1_000))).toBe(true);
    expect(isSameRequest(form('aaaa', 1_000), form('bbbb', 1_001))).toBe(false);
    expect(isSameRequest(form('aaaa'), form('"bbbb"'))).toBe(true);
    expect(isSameRequest(form('aaaa'), form('aaaa', 1_000))).toBe(false);
  });

  it('may be longer by its boundaries alone', () => {
    // Three parts: the boundary stands four times.
    expect(isSameRequest(form('aaaa', 1_000), form('aaaaaa', 1_008))).toBe(true);
    expect(isSameRequest(form('aaaaaa', 1_008), form('aaaa', 1_000))).toBe(true);
    expect(isSameRequest(form('aaaa', 1_000), form('aaaaaa', 1_007))).toBe(false);
    expect(isSameRequest(form('aaaa', 1_000), form('aaaaaa', 992))).toBe(false);
    expect(isSameRequest(form('aaaa', 1_000), form('aaaaaa', 1_000))).toBe(false);
    expect(isSameRequest(form('aaaa', 1_000), form('aaaaaa', 1_046))).toBe(false);
  });
});
