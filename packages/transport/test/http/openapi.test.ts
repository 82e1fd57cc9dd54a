import { errorTable, openApi, operations } from '@escarp/transport';
import { describe, expect, it } from 'vitest';
import { get, sampleApp } from '../sample-app.js';

type Document = {
  paths: Record<
    string,
    Record<
      string,
      { responses: Record<string, unknown>; requestBody?: { content: Record<string, { schema: Schema }> } }
    >
  >;
};
type Schema = { properties: Record<string, object>; required: string[] };

/** Every field of every schema in a document, at any depth. */
function* fieldsIn(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  const { properties } = value as { properties?: Record<string, Record<string, unknown>> };
  for (const [name, field] of Object.entries(properties ?? {})) yield [`${path}.${name}`, field];
  for (const [name, inner] of Object.entries(value)) yield* fieldsIn(inner, `${path}/${name}`);
}

describe('the OpenAPI document', () => {
  it('is served, and has every operation', async () => {
    const document = (await (await get(sampleApp(), '/openapi.json')).json()) as Document;
    expect(Object.keys(document.paths)).toEqual([
      ...new Set(Object.values(operations).map(({ path }) => path)),
    ]);
  });

  it('names fields as the wire spells them', () => {
    const document = openApi('2.0.0') as Document;
    const { schema } = document.paths['/acquire']!['post']!.requestBody!.content['application/json']!;
    expect(Object.keys(schema.properties)).toEqual([
      'holder',
      'tenant',
      'run',
      'client',
      'slot',
      'dev_port',
      'wait_s',
      'ttl_s',
      'request_id',
      'labels',
      'agent',
      'login',
      'update_login',
      'window',
      'screenshots',
      'handoff',
    ]);
    expect(schema.required).toEqual(['holder']);
    expect(JSON.stringify(document)).toContain('"cdp_ws_url"');
    expect(JSON.stringify(document)).not.toMatch(/cdpWsUrl|leaseToken|expiresAt/);
  });

  it('says what every field means', () => {
    const fields = [...fieldsIn(openApi('2.0.0'))];
    expect(fields.length).toBeGreaterThan(300);
    expect(
      fields.filter(([, field]) => typeof field['description'] !== 'string').map(([path]) => path),
    ).toEqual([]);
  });

  it('gives durations and points in time their units', () => {
    const timed = [...fieldsIn(openApi('2.0.0'))].filter(([path]) => /_s$|_at$|last_heartbeat$/.test(path));
    expect(timed.length).toBeGreaterThan(50);
    const unclear = timed.filter(([, { description }]) => !/seconds|rounded up/i.test(String(description)));
    expect(unclear.map(([path]) => path)).toEqual([]);
  });

  it('lists each error under its status', () => {
    const { responses } = (openApi('2.0.0') as Document).paths['/acquire']!['post']!;
    expect(JSON.stringify(responses['409'])).toContain(errorTable.pool_exhausted.message);
  });
});

describe('metrics', () => {
  it('are text that Prometheus can read', async () => {
    const response = await get(sampleApp(), '/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('escarp_slots{state="free"} 1\n');
  });
});
