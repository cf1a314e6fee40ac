// The upload page: two photos to /images_similarity, the answer in words.

const form = document.querySelector("#comparison");
const button = form.querySelector("button");
const problem = document.querySelector("#problem");
const result = document.querySelector("#result");
const photos = [...document.querySelectorAll(".photo")];

const NAMES = { image1: "the first photo", image2: "the second photo" };

const PROBLEMS = {
  field_missing: (photo) => `Please choose ${photo}.`,
  file_empty: (photo) => `The file of ${photo} is empty.`,
  file_too_large: (photo) => `The file of ${photo} is too large; 10 MB is the most.`,
  body_too_large: () => "The photos are too large together; please send smaller ones.",
  unsupported_type: (photo) => `Please send ${photo} as JPEG, PNG, WebP or HEIC.`,
  image_undecodable: (photo) => `The file of ${photo} is damaged or is not a photo.`,
  image_too_small: (photo) => `There are too few pixels in ${photo}; each side needs 32.`,
  image_too_many_pixels: (photo) => `There are too many pixels in ${photo}; please send it smaller.`,
  no_face: (photo) => `No face was found in ${photo}. Try one where the face is larger and seen from the front.`,
  model_unavailable: () => "The service is not ready. Please try again in a few minutes.",
};

const REASONS = {
  too_small: "The face is small.",
  blurry: "The face is blurred.",
  dark: "The face is dark.",
  overexposed: "The face is overexposed.",
  side_face: "The face is turned to the side.",
  low_detection: "The face is hard to make out.",
};

function input(photo) {
  return photo.querySelector("input");
}

function forget() {
  problem.textContent = "";
  result.hidden = true;
  for (const photo of photos) {
    photo.querySelector(".notes").replaceChildren();
    photo.querySelector(".box").hidden = true;
  }
}

function show(photo) {
  forget();
  const file = input(photo).files[0];
  const frame = photo.querySelector(".frame");
  const image = frame.querySelector("img");
  URL.revokeObjectURL(image.src);
  photo.classList.toggle("filled", Boolean(file));
  frame.hidden = true;
  photo.querySelector(".prompt span").textContent =
    file ? file.name : "Choose a photo, or drop it here";
  if (!file) return;
  // Some browsers cannot show HEIC; the name of the file stands in then.
  image.onload = () => { frame.hidden = false; };
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
}

function acceptDrops(photo) {
  const over = (on) => (event) => {
    event.preventDefault();
    photo.classList.toggle("over", on);
  };
  photo.addEventListener("dragover", over(true));
  photo.addEventListener("dragleave", over(false));
  photo.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    const chosen = new DataTransfer();
    chosen.items.add(event.dataTransfer.files[0]);
    input(photo).files = chosen.files;
    show(photo);
  });
}

function humanWords(error) {
  const words = PROBLEMS[error.code];
  return words ? words(NAMES[error.param] ?? "the photo") : error.message;
}

function place(box, seen, { width, height }) {
  box.style.left = `${(100 * seen.left) / width}%`;
  box.style.top = `${(100 * seen.top) / height}%`;
  box.style.width = `${(100 * (seen.right - seen.left)) / width}%`;
  box.style.height = `${(100 * (seen.bottom - seen.top)) / height}%`;
  box.hidden = false;
}

function note(photo, text) {
  const item = document.createElement("li");
  item.textContent = text;
  photo.querySelector(".notes").append(item);
}

function describe(photo, seen) {
  place(photo.querySelector(".box"), seen.box, seen.size);
  if (seen.faces_found > 1) note(photo, `${seen.faces_found} faces; the largest was compared.`);
  for (const { reason } of seen.quality) note(photo, REASONS[reason] ?? reason);
}

function present(answer) {
  document.querySelector("#similarity").textContent =
    answer.similarity.toFixed(2).replace("-", "\u2212");
  document.querySelector("#scale").value = answer.similarity;
  for (const photo of photos) describe(photo, answer.images[photo.dataset.field]);
  result.hidden = false;
  result.scrollIntoView({ block: "nearest" });
}

async function ask() {
  const response = await fetch("images_similarity?detail=true", {
    method: "POST",
    body: new FormData(form),
  });
  const answer = await response.json();
  if (answer.error) problem.textContent = humanWords(answer.error);
  else present(answer);
}

async function compare(event) {
  event.preventDefault();
  forget();
  const empty = photos.find((photo) => !input(photo).files.length);
  if (empty) {
    problem.textContent = PROBLEMS.field_missing(NAMES[empty.dataset.field]);
    input(empty).focus();
    return;
  }
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    await ask();
  } catch {
    problem.textContent = "The service did not answer. Please try again.";
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

for (const photo of photos) {
  input(photo).addEventListener("change", () => show(photo));
  acceptDrops(photo);
}
form.addEventListener("submit", compare);
