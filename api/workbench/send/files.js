// Files as they come: dropped (folders too), pasted, or chosen.

const NAMES = {'image/png': 'pasted.png', 'image/jpeg': 'pasted.jpg'};

export function pasted(event) {
  return [...(event.clipboardData?.files ?? [])].map((file) =>
    file.name && file.name !== 'image.png' ? file : new File([file], NAMES[file.type] ?? file.name, {type: file.type}));
}

// All files that were dropped; those of a folder with the folder's name in front.
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (entry.isFile) {
    found.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}

export const isArchive = (file) => /\.(zip|tar|tgz|tar\.(gz|bz2|xz|zst)|7z)$/i.test(file.name);
