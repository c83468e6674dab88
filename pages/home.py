import streamlit as st

st.header("Home")
