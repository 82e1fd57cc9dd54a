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

describe('the OpenAPI document', () => {
  it('is served, and has every operation', async () => {
    const document = (await (await get(sampleApp(), '/openapi.json')).json()) as Document;
    expect(Object.keys(document.paths)).toEqual(Object.values(operations).map(({ path }) => path));
  });

  it('speaks of fields as the wire spells them', () => {
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
      'handoff',
    ]);
    expect(schema.required).toEqual(['holder']);
    expect(JSON.stringify(document)).toContain('"cdp_ws_url"');
    expect(JSON.stringify(document)).not.toMatch(/cdpWsUrl|leaseToken|expiresAt/);
  });

  it('names each error under its status', () => {
    const { responses } = (openApi('2.0.0') as Document).paths['/acquire']!['post']!;
    expect(JSON.stringify(responses['409'])).toContain(errorTable.pool_exhausted.message);
  });
});

describe('metrics', () => {
  it('are text that Prometheus reads', async () => {
    const response = await get(sampleApp(), '/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('escarp_slots{state="free"} 1\n');
  });
});
