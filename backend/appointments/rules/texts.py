"""The Chinese words for the states of an appointment."""

from models import AppointmentStatus

STATUS: dict[AppointmentStatus, str] = {
    AppointmentStatus.BOOKED: "已预约",
    AppointmentStatus.CHECKED_IN: "已签到",
    AppointmentStatus.CALLED: "已叫号",
    AppointmentStatus.SERVED: "已办理",
    AppointmentStatus.CANCELLED: "已取消",
    AppointmentStatus.NO_SHOW: "未到场",
}
