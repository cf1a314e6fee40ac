// Where the functions answer: below this site, or whole addresses where they are deployed alone.
export default {
  images_similarity: "images_similarity",
  batch_images_similarity: "batch_images_similarity",
  cases: "cases",
  search: "search",
};
