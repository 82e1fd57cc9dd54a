import { describe, expect, test } from 'vitest';
import { bindWindow, type SystemWindow } from '../src/bind-window.js';

const place = { x: 0, y: 0, width: 800, height: 600 };
const elsewhere = { x: 300, y: 0, width: 800, height: 600 };
const window = (changes: Partial<SystemWindow>): SystemWindow => ({
  id: 1,
  pid: 10,
  bounds: place,
  title: null,
  wmClass: 'escarp-slot0',
  visible: true,
  dialog: false,
  ...changes,
});
const bind = (windows: SystemWindow[], cdpBounds = place) =>
  bindWindow(windows, { pid: 10, wmClass: 'escarp-slot0', cdpBounds }).window.id;

describe('binding a window', () => {
  test('goes by pid and class together', () => {
    expect(bind([window({ id: 1, pid: 11 }), window({ id: 2 })])).toBe(2);
    expect(bind([window({ id: 1, wmClass: 'escarp-slot1' }), window({ id: 2 })])).toBe(2);
    expect(bind([window({ id: 1, wmClass: null }), window({ id: 2 })])).toBe(2);
  });

  test('never takes a dialog for the main window', () => {
    expect(bind([window({ id: 1, dialog: true }), window({ id: 2, bounds: elsewhere })])).toBe(2);
    expect(() => bind([window({ dialog: true })])).toThrow(
      expect.objectContaining({ code: 'window_not_found' }),
    );
  });

  test('prefers what is on the screen, and is content with what is not when there is nothing else', () => {
    expect(bind([window({ id: 1, visible: false }), window({ id: 2 })])).toBe(2);
    expect(bind([window({ id: 1, visible: false })])).toBe(1);
  });

  test('tells several apart by geometry, to two units', () => {
    const shifted = { ...place, x: 2, height: 598 };
    expect(bind([window({ id: 1, bounds: elsewhere }), window({ id: 2, bounds: shifted })])).toBe(2);
    const tooFar = { ...place, x: 3 };
    expect(() => bind([window({ bounds: elsewhere }), window({ id: 2, bounds: tooFar })])).toThrow(
      expect.objectContaining({ code: 'window_ambiguous' }),
    );
  });

  test('does not guess between two in the same place', () => {
    expect(() => bind([window({ id: 1 }), window({ id: 2 })])).toThrow(
      expect.objectContaining({ code: 'window_ambiguous', message: expect.stringContaining('1, 2') }),
    );
  });
});
