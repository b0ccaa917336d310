/**
 * What a user of Windows starts on the disc: pairs, and has the client copied to where it stays and
 * started at each logon. It asks for no administrator.
 */
export const setupCmd = String.raw`@echo off
setlocal
set "client=%~dp0handglass-guest.exe"
for /f "usebackq delims=" %%s in ("%~dp0pairing.txt") do set "pairing=%%s"
"%client%" pair "%pairing%"
if errorlevel 1 goto unpaired
"%client%" install
if errorlevel 1 goto uninstalled
echo The disc is no longer needed.
pause
exit /b 0

:unpaired
echo Nothing was paired, and nothing installed.
pause
exit /b 1

:uninstalled
echo This user is paired, but the client was not installed. To try that again:
echo   "%client%" install
pause
exit /b 1
`.replaceAll('\n', '\r\n');
