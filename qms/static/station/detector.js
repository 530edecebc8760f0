// Knows how a code is read from what a camera sees, at the station and at the desk; must not know what a code means.

const FORMATS = ["qr_code", "code_128", "code_39", "data_matrix", "ean_13"];

/** Returns what reads a code from a video: the browser's own reader where there is one, else the one that we ship. */
export async function detector() {
  if ("BarcodeDetector" in globalThis) {
    const own = new globalThis.BarcodeDetector({ formats: FORMATS });
    return async (video) => (await own.detect(video))[0]?.rawValue;
  }
  const { prepareZXingModule, readBarcodes } = await import("../vendor/zxing/reader/index.js");
  const wasm = new URL("../vendor/zxing/reader/zxing_reader.wasm", import.meta.url).href;
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!video.videoWidth) return null;
    Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
    context.drawImage(video, 0, 0);
    const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height),
      { formats: ["QRCode", "Code128", "Code39", "DataMatrix", "EAN-13"], maxNumberOfSymbols: 1 });
    return found[0]?.text;
  };
}
