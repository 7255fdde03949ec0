@echo off
setlocal
set "node=%~dp0runtime\node.exe"
if not exist "%node%" set "node=node"
"%node%" "%~dp0pulumi-resource-deepseek.cjs" %*
