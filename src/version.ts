/** Of this package; `npm version` writes it. */
export const version = "0.2.0";
