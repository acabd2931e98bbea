/** Columns of equal length, as exports and screen readers get them; NaN stands for what is missing. */
export interface Table {
  readonly columns: readonly TableColumn[];
}

export interface TableColumn {
  readonly name: string;
  readonly values: readonly (string | number)[] | Float64Array;
}
