/** Light, and dark for those who prefer it. Colours stand in rules only, once for each of the two. */
export const pictureStyle = `
text { font: 14px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1c2128; }
.title { font-size: 20px; font-weight: 600; }
.strong { font-weight: 600; }
.small { font-size: 12px; }
.code { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: 11.5px; }
.muted { fill: #667080; }
.warning { font-size: 12px; fill: #96600a; }
.chip text { font-size: 12px; text-anchor: middle; }
.socket text { font-size: 10px; text-anchor: middle; }
.end { text-anchor: end; }
.page { fill: #f4f5f7; }
.card { fill: #ffffff; stroke: #dde1e6; }
.rule { stroke: #e8ebef; }
.branch { fill: none; stroke: #c3c9d2; stroke-width: 1.5; }
.neutral rect { fill: #eceff3; }
.neutral text { fill: #46505e; }
.good rect { fill: #dff3e7; }
.good text { fill: #17633a; }
.caution rect { fill: #fdf0d5; }
.caution text { fill: #86560a; }
.bad rect { fill: #fbe3e1; }
.bad text { fill: #9c2a20; }
.graphics rect { fill: #4f55c9; }
.usb rect { fill: #2f8f83; }
.other rect { fill: #6b7788; }
.bridge rect { fill: #cfd6df; }
.host rect { fill: #6b7788; }
.domain rect { fill: #4f55c9; }
.program rect { fill: #a8690b; }
.host text, .domain text, .program text { fill: #ffffff; }
.hub rect { fill: #cfd6df; }
.hub text { fill: #3a4350; }
.empty rect { fill: none; stroke: #c3c9d2; }
.empty text { fill: #8a94a3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6e9ee; }
.muted { fill: #98a2b0; }
.warning { fill: #e0ac55; }
.page { fill: #0e1115; }
.card { fill: #171b21; stroke: #2a313a; }
.rule { stroke: #242a33; }
.branch { stroke: #434c59; }
.neutral rect { fill: #262d36; }
.neutral text { fill: #b6bfcb; }
.good rect { fill: #143524; }
.good text { fill: #83d6a6; }
.caution rect { fill: #3a2b0d; }
.caution text { fill: #ecc277; }
.bad rect { fill: #3f1a17; }
.bad text { fill: #f0a29a; }
.graphics rect { fill: #656be0; }
.usb rect { fill: #3aa598; }
.other rect { fill: #78859a; }
.bridge rect { fill: #353e4a; }
.host rect { fill: #56616f; }
.domain rect { fill: #656be0; }
.program rect { fill: #9a6413; }
.hub rect { fill: #353e4a; }
.hub text { fill: #c6ced9; }
.empty rect { stroke: #434c59; }
.empty text { fill: #7d8896; }
}
`;
