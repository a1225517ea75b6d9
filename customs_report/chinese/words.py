"""Fixed words by their English text: headers, headings, buttons, stages, punctuation. Sentences have writers instead."""

from __future__ import annotations

WORDS = {
    # punctuation
    " ": "",
    ". ": "。",
    ".": "。",
    ", ": "、",
    ": ": "：",
    "; ": "；",
    "{} ({})": "{}（{}）",
    "%": "%",
    # the page
    "China customs reports": "中国海关进出口报告",
    "General Administration of Customs of China": "中华人民共和国海关总署",
    "Cite this": "引用本报告",
    "“": "《",
    "”, ": "》，",
    ". Data ": "。数据",
    ", software version ": "，软件版本",
    "Skip to the report": "跳至正文",
    "Show the code": "显示代码",
    "Contents": "目录",
    "This report is incomplete.": "本报告不完整。",
    "could not be made": "未能生成",
    " could not be made:": "未能生成：",
    "Select a number underlined with dots to see where it comes from; the sources of a chart’s data are beneath its "
    "table.": "带虚线的数字均可查看来源；图表数据的来源统一列于其数据表下方。",
    "Page {} of {}": "第{}页，共{}页",
    "To paste into a mail": "可粘贴至邮件",
    "period {}": "时期 {}",
    "as known on {}": "数据截至 {}",
    "data sha256:{}": "数据 sha256:{}",
    "Charts are left out until you trust this notebook: View, Activate Command Palette, Trust Notebook.": (
        "信任本笔记本后才显示图表：在命令面板中执行信任笔记本。"
    ),
    # exhibits
    "Exhibit ": "图表",
    "Exhibits ": "图表",
    "Data of exhibit {}": "图表{}的数据",
    "Back to the text": "返回正文",
    "Not available for this month": "本月暂缺",
    "n/a": "暂缺",
    "Download as CSV": "下载CSV",
    "Where these numbers come from": "数据来源",
    "Group": "组别",
    "Note": "备注",
    "part of {}": "属于{}",
    "{}: unit": "{}：单位",
    # the brief
    "Main points": "要点",
    "What to watch": "后续看点",
    "Comparisons and caveats": "参照与可靠程度",
    "Exports": "出口",
    "Imports": "进口",
    "Balance": "差额",
    "Ratio": "比率",
    "Value": "金额",
    "exports": "出口",
    "imports": "进口",
    "balance": "差额",
    "Month": "当月",
    "Since January": "累计",
    "Growth since January": "累计同比",
    "pp": "百分点",
    "Growth": "同比",
    "Points": "拉动",
    "Quantity": "数量同比",
    "Partner": "贸易伙伴",
    "Good": "商品",
    "Part": "项目",
    "bn": "亿元",
    "Others, not shown": "其他未列示",
    "Exports by partner": "出口：按贸易伙伴",
    "Exports by good": "出口：按商品",
    "Imports by partner": "进口：按贸易伙伴",
    "Imports by good": "进口：按商品",
    # footnote signs
    "Computed on last year’s figure as first published, which customs may have revised.": (
        "按上年初步数计算，海关此后可能已修订。"
    ),
    "Implied by the printed growth of exports and imports, exact only to its rounding.": (
        "由海关公布的出口和进口增速推算，精度以增速的取整为限。"
    ),
    "A rough guide: customs often revises the year-earlier figures of this partner by much.": (
        "仅供参考：海关对该伙伴上年数据的修订往往较大。"
    ),
    # mail and slides
    "Key figures": "主要数据",
    "Who publishes this": "发布者",
    "Sources": "资料来源",
    "Where the numbers come from": "数字来源",
    "This report has no list of main points; what it shows is in its page.": "本报告没有要点列表，内容见网页。",
    "Not all rows or columns; the workbook beside this file has the rest.": "此处未列出全部行列，其余见随附工作簿。",
    "Not in this chart, but in the workbook beside this file:": "未在此图中显示、但见于随附工作簿：",
    "The report’s chart of this cannot be a PowerPoint chart, so its table is shown.": (
        "报告中的此图无法以可编辑图表呈现，故以表格代替。"
    ),
    "The tables of this exhibit are in the workbook beside this file.": "本图表的数据表见随附工作簿。",
    "each number of the column, by the name of its row": "该列各数字，按行名",
    "What its author shows beside the report’s own exhibits is in its page and workbook.": "作者自行展示的内容见网页和工作簿。",
    "What its author shows beside the report’s own exhibits is in its page.": "作者自行展示的内容见网页。",
    "The notes of each slide say where its numbers come from; workbook and facts beside this file have all of them.": (
        "每张幻灯片的备注说明数字来源；随附工作簿和数据文件载有全部数字。"
    ),
    "Each number is a fact of the report; its page, PDF and workbook have formula and sources of each, and the rest.": (
        "每个数字均为报告中的数据；其网页、PDF和工作簿载有各数字的计算方法和来源以及其余内容。"
    ),
    "This report is incomplete:": "本报告不完整：",
    " (continued)": "（续）",
    " bn": "十亿",
    " m": "百万",
    # the workbook
    "Cover": "封面",
    "Notes": "注释",
    "Facts": "数据",
    "Gaps": "缺失数据",
    "Table ": "表",
    "[note {}]": "[注{}]",
    "Notes: {}, on the sheet Notes.": "{}见工作表“注释”。",
    "No notes of its own.": "本表无注释。",
    "No notes.": "无注释。",
    "These are all notes of the workbook.": "以下为本工作簿的全部注释。",
    "Sources, method, limits and words of the report, and the notes of its exhibits.": (
        "报告的来源、方法、局限和用语，以及各图表的注释。"
    ),
    "About": "涉及",
    "Text": "内容",
    "Shorthand": "符号",
    "Not available: not published by customs, not in our data, or of no meaning there. It is never a zero.": (
        "暂缺：海关未公布、本数据未收录，或在此处无意义。绝不表示零。"
    ),
    "Not applicable: there is nothing to say in this cell. No cell of a table is empty.": "不适用：此格无内容。表中没有空格。",
    "This sheet holds one table. {} is not available, {} not applicable.": "本工作表含一张表。{}表示暂缺，{}表示不适用。",
    "Source, formula and stage of each figure: on the sheet Facts.": "各数字的来源、计算方法和数据阶段见工作表“数据”。",
    "Name": "名称",
    "Unit": "单位",
    "As the report writes it": "报告中的写法",
    "All facts of the report": "报告的全部数据",
    "Every fact of the report: its value in the unit itself, how it was computed, and where its inputs came from.": (
        "报告的每个数据：以所列单位表示的数值、计算方法和输入来源。"
    ),
    "The rounding of each value is in facts.json (step).": "各数值的取整精度见facts.json（step）。名称、计算方法和来源为英文。",
    "Facts that could not be had": "未能取得的数据",
    "What could not be had for this report, and why.": "本报告未能取得的数据及原因。",
    "A name with * covers every fact that it matches.": "名称中的*代表所有相符的数据。名称和原因为英文。",
    "Reason": "原因",
    "Sheet": "工作表",
    "Title": "标题",
    "What it says": "内容说明",
    "What this workbook is": "关于本工作簿",
    "Title and headline, period, source, licence and contact.": "标题、时期、来源、许可和联系方式。",
    "A row for each sheet of this workbook, with a link to it.": "本工作簿的每个工作表各占一行，并附链接。",
    "Period": "时期",
    "As known on": "数据截至",
    "Made of the data with the hash": "所用数据的哈希值",
    "Source: General Administration of Customs of the People’s Republic of China (GACC); what each figure was read from "
    "stands on the sheet Facts.": "来源：中华人民共和国海关总署；各数字的具体出处见工作表“数据”。",
    "Licence: the figures are official statistics of China’s customs, to be cited as theirs; the code that made this "
    "workbook is under the MIT licence.": ("许可：数字为中国海关的官方统计，引用时请注明；生成本工作簿的代码采用MIT许可证。"),
    "Contact: whoever published this report.": "联系方式：请联系本报告的发布者。",
    "Its web page, its PDF, its facts as JSON and the executed notebook lie beside this workbook.": (
        "网页、PDF、JSON格式的数据和已运行的笔记本与本工作簿存放在一起。"
    ),
    "Numbers are given in full, in the unit named in the header of their column. A missing value is written {}, never as a "
    "zero; other shorthand stands on the sheet Notes.": (
        "数字以列标题所示单位完整列出。缺失值写作{}，绝不写作零；其他符号见工作表“注释”。"
    ),
    # where a number comes from
    "Close": "关闭",
    "as printed": "据公布日期",
    "usual day": "据惯例日期",
    "as retrieved": "据获取日期",
    "": "",
    # stages
    "preliminary": "初步数",
    "revised": "修订数",
    "bulletin": "月报数",
    "restated": "重述数",
    "calendar": "日历",
    "forecast": "预测",
    "mixed": "多阶段",
    "model": "模型",
    "detail": "明细数",
}
TERMS = {
    "Value": "数值",
    "Formula": "计算",
    "Inputs": "输入",
    "Source": "来源",
    "Stage": "阶段",
    "Released": "发布",
    "Made by": "生成",
}
