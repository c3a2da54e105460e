import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Growing, samePlace, type Place } from '../src/growing';

const place: Place = { uri: 'file:///a.go', version: 3, line: 1, character: 4, selected: '' };

// An editor that asks when it is told to, and what it has shown so far.
function editor(): { growing: Growing<string>; shown: string[][]; told: () => number; asks: () => void } {
  const shown: string[][] = [];
  let told = 0;
  const growing = new Growing<string>(place, () => { told++; });
  void growing.answer.then((items) => shown.push(items));
  return { growing, shown, told: () => told, asks: () => { const items = growing.expected(); if (items) shown.push(items); } };
}

test('the first part is the answer, and each further one is asked for once', async () => {
  const e = editor();
  e.growing.grow(['a'], false);
  await Promise.resolve();
  assert.deepEqual(e.shown, [['a']]);
  assert.equal(e.told(), 0);
  e.growing.grow(['ab'], false);
  assert.equal(e.told(), 1);
  e.asks();
  e.growing.grow(['abc', 'other'], true);
  assert.equal(e.told(), 2);
  e.asks();
  e.asks(); // nobody told it to: a request of its own
  assert.deepEqual(e.shown, [['a'], ['ab'], ['abc', 'other']]);
});

test('parts that come faster than the editor asks are shown together', async () => {
  const e = editor();
  e.growing.grow(['a'], false);
  e.growing.grow(['ab'], false);
  e.growing.grow(['abc'], false);
  assert.equal(e.told(), 1);
  await Promise.resolve();
  e.asks();
  assert.deepEqual(e.shown.at(-1), ['abc']);
  assert.equal(e.growing.expected(), undefined);
});

test('an answer that comes whole is asked for once', async () => {
  const e = editor();
  e.growing.grow(['all'], true);
  await Promise.resolve();
  assert.deepEqual(e.shown, [['all']]);
  assert.equal(e.told(), 0);
  assert.equal(e.growing.expected(), undefined);
});

test('a dropped one says nothing more and leaves nobody waiting', async () => {
  const e = editor();
  e.growing.drop();
  e.growing.grow(['late'], true);
  await Promise.resolve();
  assert.deepEqual(e.shown, [[]]);
  const half = editor();
  half.growing.grow(['a'], false);
  half.growing.grow(['ab'], false);
  half.growing.drop();
  assert.equal(half.growing.expected(), undefined);
  half.growing.settle();
  assert.equal(half.told(), 1);
});

test('an empty end takes nothing back', async () => {
  const e = editor();
  e.growing.grow(['a'], false);
  e.growing.grow([], true);
  assert.equal(e.told(), 0);
  assert.ok(e.growing.ended);
  const none = editor();
  none.growing.grow([], true);
  await Promise.resolve();
  assert.deepEqual(none.shown, [[]]);
});

test('an editor that does not ask is told again, and not for ever', () => {
  const e = editor();
  e.growing.grow(['a'], false);
  e.growing.grow(['ab'], false);
  for (let i = 0; i < 100; i++) e.growing.settle();
  assert.equal(e.told(), 6);
  assert.deepEqual(e.growing.expected(), ['ab']);
  e.growing.settle();
  assert.equal(e.told(), 6);
});

test('another text, cursor or menu entry is another place', () => {
  assert.ok(samePlace(place, { ...place }));
  for (const other of [{ uri: 'x' }, { version: 4 }, { line: 2 }, { character: 5 }, { selected: 'x' }]) {
    assert.ok(!samePlace(place, { ...place, ...other }));
  }
});
