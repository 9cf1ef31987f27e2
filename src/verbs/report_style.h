#pragma once

namespace rigwise {

/// The style of a page that is written to stand alone: colours and faces of the dashboard, for screen and for A4.
extern const char* const kReportStyle;

}  // namespace rigwise
