/** Which functions of the floor carry what: it has no others. */
export const floored = {
  floats: 'floats',
  ints: 'ints',
  shortTexts: 'texts',
  repeatedTexts: 'texts',
  longerTexts: 'texts',
  rows: 'rows',
}
