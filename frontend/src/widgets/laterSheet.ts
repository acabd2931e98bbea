import styles from "./later.css?inline";

/** Once, as this module is fetched beside the first view that needs it. */
const sheet = document.createElement("style");
sheet.textContent = styles;
document.head.append(sheet);
