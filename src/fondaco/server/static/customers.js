// The segment and the order of the list stand in the address, so that a link keeps them; what is looked for does not.
(() => {
  const form = document.getElementById("find-people");
  form?.addEventListener("change", (event) => {
    if (event.target.tagName !== "SELECT") return;
    const address = new URLSearchParams();
    const { segment, sort } = form.elements;
    if (segment.value) address.set("segment", segment.value);
    if (sort.selectedIndex > 0) address.set("sort", sort.value);
    location.assign(`/customers${address.size ? `?${address}` : ""}#list`);
  });
})();
