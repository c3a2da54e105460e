import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Offers } from '../src/offers';

function told(text = 'return a + b\n\treturn c'): { offers: Offers<string>; said: string[]; types: (t: string, offset: number) => void } {
  const said: string[] = [];
  const offers = new Offers<string>({
    shown: (item) => said.push(`shown ${item}`),
    partly: (item, n) => said.push(`partly ${item} ${n}`),
    rejected: (item) => said.push(`rejected ${item}`),
  });
  offers.made({ id: '1', uri: 'u', offset: 10, text }, 'one');
  return { offers, said, types: (t, offset) => offers.edited('u', [{ offset, removed: 0, text: t }]) };
}

test('it is shown once, and only while it stands', () => {
  const { offers, said } = told();
  offers.stood('0');
  offers.stood('1');
  offers.stood('1');
  assert.deepEqual(said, ['shown one']);
  offers.gone();
  offers.stood('1');
  assert.equal(said.length, 1);
});

test('words and lines are counted from the start, with what was typed before', async () => {
  const { offers, said, types } = told();
  types('re', 10);
  assert.deepEqual(said, []);
  types('turn ', 12);
  offers.took();
  types('a + b', 17);
  offers.took();
  types('\n', 22);
  assert.deepEqual(said, ['shown one', 'partly one 7', 'partly one 12']);
});

test('with line ends of two characters the document is longer than the text', async () => {
  const { offers, said, types } = told('a\nbc');
  types('a\r\n', 10);
  offers.took();
  types('b', 13);
  offers.took();
  assert.deepEqual(said, ['shown one', 'partly one 2', 'partly one 3']);
  const both = told('a\r\nbc');
  both.types('a\r\nb', 10);
  both.offers.took();
  assert.deepEqual(both.said, ['shown one', 'partly one 4']);
});

test('the last word is no part: the editor runs the accept command for it', async () => {
  const { offers, said, types } = told('ab');
  types('ab', 10);
  offers.took();
  assert.deepEqual(said, []);
  assert.equal(offers.present, false);
});

test('another text ends it without a word: the server sees the edit', () => {
  for (const change of [{ offset: 10, removed: 0, text: 'x' }, { offset: 9, removed: 0, text: 'r' }, { offset: 10, removed: 1, text: 'r' }]) {
    const { offers, said } = told();
    offers.edited('u', [change]);
    assert.equal(offers.present, false);
    offers.dismissed();
    assert.deepEqual(said, []);
  }
  const { offers } = told();
  offers.edited('other', [{ offset: 0, removed: 0, text: 'x' }]);
  assert.equal(offers.present, true);
  offers.edited('u', [{ offset: 10, removed: 0, text: 'r' }, { offset: 20, removed: 0, text: 'r' }]);
  assert.equal(offers.present, false);
});

test('who dismisses it has seen it', () => {
  const { offers, said } = told();
  offers.dismissed();
  offers.dismissed();
  assert.deepEqual(said, ['shown one', 'rejected one']);
});

test('one that has grown is the same one', () => {
  const { offers, said } = told('a');
  offers.stood('1');
  offers.made({ id: '1', uri: 'u', offset: 10, text: 'a\nb' }, 'one, grown');
  offers.stood('1');
  offers.dismissed();
  assert.deepEqual(said, ['shown one', 'rejected one, grown']);
});
