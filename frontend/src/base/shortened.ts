const LONGEST = 30;
const BEGIN = 10;

/** The begin and the end of a name, which tell it from others: where there is no room for all of it. */
export function shortened(name: string, longest = LONGEST): string {
  const letters = [...name];
  if (letters.length <= longest) return name;
  return `${letters.slice(0, BEGIN).join("")}…${letters.slice(BEGIN + 1 - longest).join("")}`;
}
