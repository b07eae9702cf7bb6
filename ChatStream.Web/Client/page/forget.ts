import { attempt, own } from "./storage";

// A user signs out, or has had everything erased. What the others of this browser have typed stays.
const names = ["draft.", "files.", "manner.", "typed.", "pending", "tab"].map(own);
for (const storage of [() => localStorage, () => sessionStorage])
  attempt(() => {
    for (const key of Object.keys(storage())) if (names.some((name) => key.startsWith(name))) storage().removeItem(key);
  });
