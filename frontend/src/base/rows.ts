/** The last row of an ascending column that is not above `bound`; -1 where there is none. */
export function lastRowUpTo(column: Float64Array, bound: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? Number.POSITIVE_INFINITY) <= bound) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
