/** A reporter for knip: how many files it read, which none of its own reporters says. */
export default function countReadFiles({ counters }) {
  console.log(`knip read ${counters.processed} files`);
}
