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
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    // A file that was dropped with its folder does not know the way to it; one that was chosen does.
    Object.defineProperty(file, 'webkitRelativePath', {value: entry.fullPath.replace(/^\//, '')});
    found.push(file);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, found);
  }
}

// A file's name, with the folders in front in which it came.
export const pathOf = (file) => file.webkitRelativePath || file.name;

export const isArchive = (file) => /\.(zip|tar|tgz|tar\.(gz|bz2|xz|zst)|7z)$/i.test(file.name);
