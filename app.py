"""Page configuration and navigation of the workbench; nothing else."""

import streamlit as st

from ui.shared import dress

st.set_page_config(page_title="资金统筹工作台", page_icon="static/icon.png", layout="wide", initial_sidebar_state=216)
st.logo("static/logo.svg")
dress()
st.navigation(
    {
        "准备": [
            st.Page("ui/views/import_check.py", title="导入与体检", icon=":material/upload_file:", default=True),
            st.Page("ui/views/lists.py", title="清单整理", icon=":material/checklist:", url_path="lists"),
        ],
        "测算": [
            st.Page("ui/views/quota.py", title="额度测算", icon=":material/percent:", url_path="quota"),
            st.Page("ui/views/plan.py", title="求解与方案", icon=":material/calculate:", url_path="plan"),
        ],
        "成果": [st.Page("ui/views/export.py", title="导出", icon=":material/download:", url_path="export")],
    }
).run()
