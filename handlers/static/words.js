// Every sentence the script shows; they come with the page, from the content files.

export const words = JSON.parse(document.getElementById("words").textContent);
