/** Words around the entries, which are needed before any entry is. */
export const GLOSSARY_WORDS = {
  title: "Glossary",
  open: "Glossary",
  search: "Search words",
  none: "No such word.",
  inTraining: "In training",
  whenBad: "When it looks bad",
  more: "Click for the glossary",
} as const;
