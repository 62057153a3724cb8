// Prints what lookml-parser finds in the LookML project of this folder, includes followed, as JSON.
const { parseFiles } = require("lookml-parser");

parseFiles({ source: "**/*.lkml", fileOutput: "by-name", console }).then((project) => {
  const model = project.model.lead_scoring;
  const counts = { dimensions: 0, dimension_groups: 0, measures: 0 };
  for (const view of Object.values(model.view)) {
    // several refinements of one view are listed by number
    for (const part of "0" in view ? Object.values(view) : [view]) {
      for (const kind of Object.keys(counts)) {
        const fields = Object.keys(part[kind.slice(0, -1)] || {});
        counts[kind] += fields.filter((name) => !name.startsWith("$")).length;
      }
    }
  }
  const errors = (project.errors || []).length;
  console.log(JSON.stringify({ ...counts, explores: Object.keys(model.explore).length, errors }));
});
