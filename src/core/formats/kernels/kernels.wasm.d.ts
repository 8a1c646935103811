/** Built from `assembly`, and embedded as bytes. */
declare const bytes: Uint8Array<ArrayBuffer>;
export default bytes;
