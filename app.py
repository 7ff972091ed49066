"""Page configuration and navigation of the workbench; nothing else."""

import streamlit as st

from ui.frame import dress
from ui.words import t

st.set_page_config(page_title="资金统筹工作台", page_icon="static/icon.png", layout="wide", initial_sidebar_state=192)
st.logo("static/logo.svg")
dress()
VIEWS = {
    "准备": [
        ("import_check", "导入与体检", "upload_file"),
        ("lists", "清单整理", "checklist"),
        ("rules", "规则与额度", "tune"),
        ("quota", "额度测算", "percent"),
    ],
    "测算": [("plan", "求解与方案", "calculate"), ("compare", "方案对比", "compare_arrows")],
    "成果": [("export", "导出", "download")],
}
st.navigation(
    {
        t(heading): [
            st.Page(
                f"ui/views/{name}.py",
                title=t(title),
                icon=f":material/{icon}:",
                default=name == "import_check",
                url_path=None if name == "import_check" else name,
            )
            for name, title, icon in pages
        ]
        for heading, pages in VIEWS.items()
    }
).run()
